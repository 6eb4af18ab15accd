"""Customers at risk, and the rule that says who is."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0009_trigger_services'),
        ('customers', '0012_companies_of_mail_domains'),
        ('feedback', '0005_sources_versions_and_facts'),
        ('survey_templates', '0002_documents_and_versions'),
        ('surveys', '0013_our_own_people'),
        ('workspaces', '0008_our_own_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='AtRisk',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='at_risk', serialize=False, to='customers.customer')),
                ('since', models.DateTimeField()),
                ('reason', models.CharField(choices=[('worst', 'worst'), ('fell', 'fell'), ('silent', 'silent')], max_length=10)),
                ('metric', models.CharField(max_length=10)),
                ('score', models.SmallIntegerField()),
                ('before', models.SmallIntegerField(blank=True, null=True)),
                ('unanswered', models.PositiveSmallIntegerField(default=0)),
                ('judged_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RiskRule',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='risk_rule', serialize=False, to='workspaces.workspace')),
                ('worst_days', models.PositiveSmallIntegerField(blank=True, default=90, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)])),
                ('fall_percent', models.PositiveSmallIntegerField(blank=True, default=30, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                ('fall_days', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)])),
                ('silent_surveys', models.PositiveSmallIntegerField(blank=True, default=2, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                ('silent_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)])),
                ('judged_at', models.DateTimeField()),
                ('anew_from', models.CharField(blank=True, max_length=100, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='atrisk',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
        ),
        migrations.AddIndex(
            model_name='atrisk',
            index=models.Index(fields=['workspace', 'judged_at'], name='at_risk_judged_longest_ago'),
        ),
    ]
