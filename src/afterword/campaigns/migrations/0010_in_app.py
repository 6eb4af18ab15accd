"""In-app campaigns: where they are shown, and how an application says who looks at it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0009_trigger_services'),
        ('workspaces', '0006_fatigue_budget'),
    ]

    operations = [
        migrations.CreateModel(
            name='InAppIdentity',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='in_app_identity', serialize=False, to='workspaces.workspace')),
                ('sealed_secret', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('signed_only_since', models.DateTimeField(blank=True, null=True)),
                ('heard_at', models.DateTimeField(blank=True, null=True)),
                ('heard_origin', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('heard_proof', models.CharField(blank=True, db_default='', default='', max_length=10)),
            ],
        ),
        migrations.AddField(
            model_name='campaign',
            name='in_app',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link'), ('inapp', 'In-app')], default='email', max_length=10),
        ),
    ]
