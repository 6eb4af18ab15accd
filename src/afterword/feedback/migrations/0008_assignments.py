"""Whose it is to follow up answers, and the rule that says so."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0007_answers_by_change'),
        ('workspaces', '0008_our_own_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssignmentRule',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assignment_rule', serialize=False, to='workspaces.workspace')),
                ('enabled_at', models.DateTimeField(blank=True, null=True)),
                ('to', models.CharField(choices=[('member', 'Always one member'), ('turn', 'Several members in turn'), ('owner', "The customer's owner, as a property has it")], default='member', max_length=6)),
                ('users', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('owner_property', models.CharField(blank=True, default='owner', max_length=100)),
                ('due_hours', models.PositiveSmallIntegerField(default=48, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)])),
                ('last_user', models.UUIDField(blank=True, null=True)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('response', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assignment', serialize=False, to='feedback.response')),
                ('assigned_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True, default='', max_length=2000)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None), ('reminded_at', None)), fields=['due_at'], name='assignments_to_remind_of'), models.Index(condition=models.Q(('done_at', None)), fields=['workspace', 'due_at'], name='assignments_open')],
            },
        ),
    ]
